app_name = "our_training"
urlpatterns = []
