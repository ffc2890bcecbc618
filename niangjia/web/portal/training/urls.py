app_name = "public_training"
urlpatterns = []
